import type { Metadata } from "next";
import { MissingPage } from "@/components/missing-page";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return <MissingPage />;
}
