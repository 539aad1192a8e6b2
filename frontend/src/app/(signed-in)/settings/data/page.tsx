import type { Metadata } from "next";
import { DeleteSection } from "@/features/account/components/delete-section";
import { ExportSection } from "@/features/account/components/export-section";

export const metadata: Metadata = { title: "Your data" };

export default function Page() {
  return (
    <>
      <ExportSection />
      <DeleteSection />
    </>
  );
}
