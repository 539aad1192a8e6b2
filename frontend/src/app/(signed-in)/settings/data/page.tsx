import type { Metadata } from "next";
import { DeleteSection } from "@/features/account/components/delete-section";
import { ExportSection } from "@/features/account/components/export-section";
import { CalendarSection } from "@/features/transfer/components/calendar-section";
import { ExportTodosSection } from "@/features/transfer/components/export-todos-section";
import { ImportSection } from "@/features/transfer/components/import-section";

export const metadata: Metadata = { title: "Your data" };

export default function Page() {
  return (
    <>
      <ImportSection />
      <ExportTodosSection />
      <CalendarSection />
      <ExportSection />
      <DeleteSection />
    </>
  );
}
