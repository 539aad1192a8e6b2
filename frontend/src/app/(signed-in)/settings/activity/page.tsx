import type { Metadata } from "next";
import { ActivitySection } from "@/features/account/components/activity-section";

export const metadata: Metadata = { title: "Security log" };

export default function Page() {
  return <ActivitySection />;
}
