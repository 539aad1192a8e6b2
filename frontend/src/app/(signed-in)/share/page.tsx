import type { Metadata } from "next";
import { Shared } from "@/features/todos/components/shared";

export const metadata: Metadata = { title: "Share" };

export default function Page() {
  return <Shared />;
}
