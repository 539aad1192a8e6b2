import type { Metadata } from "next";
import { DevicesSection } from "@/features/account/components/devices-section";

export const metadata: Metadata = { title: "Devices" };

export default function Page() {
  return <DevicesSection />;
}
