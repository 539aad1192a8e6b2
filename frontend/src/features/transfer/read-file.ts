import type { ImportFormat } from "@/lib/api/types";
import { text } from "@/lib/i18n/translate";

/** A file that cannot be what it should be. The message is for the person, in English. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

/** The server takes no more at once. */
const LARGEST = 60_000_000;
/** Enough to see what it is. */
const BEGINNING = 2_000;

/** Whose file it is: Daybook's own and Vikunja's are JSON, one an object and one a list; Todoist's is a table. */
export async function recogniseFile(file: File): Promise<ImportFormat> {
  if (file.size > LARGEST) throw new UnreadableFile(text("The file is larger than 60 MB."));
  const beginning = (await file.slice(0, BEGINNING).text()).replace(/^\uFEFF/, "").trimStart();
  if (beginning.startsWith("{")) return "daybook";
  if (beginning.startsWith("[")) return "vikunja";
  const columns = (beginning.split(/\r?\n/)[0] ?? "").toUpperCase().split(",");
  if (columns.includes("TYPE") && columns.includes("CONTENT")) return "todoist";
  throw new UnreadableFile(text("This is no export of Daybook, Todoist or Vikunja."));
}
