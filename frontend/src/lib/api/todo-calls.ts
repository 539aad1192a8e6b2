import { type Api, bodyOf } from "@/lib/api/client";
import type { HistoryPage, ImportFormat, ImportReport } from "@/lib/api/types";

/** What is done with todos on the server only, and needs the network. Everything else goes through the todo store. */
export interface TodoCalls {
  /** Who changed what when, newest first. */
  history(todoId: string, cursor: string | null, signal: AbortSignal): Promise<HistoryPage>;
  /** Everything, as a file that `importFrom` takes back. */
  exportAll(signal: AbortSignal): Promise<Blob>;
  /** The store notices what was imported by itself; `store.kick()` makes it do so at once. */
  importFrom(file: Blob, format: ImportFormat, signal: AbortSignal): Promise<ImportReport>;
  /** Since when there is a secret address under which calendars can read what is due; null when there is none. */
  calendar(signal: AbortSignal): Promise<string | null>;
  /** A new address, shown this once; an earlier one stops to work. */
  shareCalendar(): Promise<string>;
  unshareCalendar(): Promise<void>;
}

const HISTORY_PAGE = 50;

export function todoCalls(connect: () => Promise<Api>): TodoCalls {
  return {
    async history(todo_id, cursor, signal) {
      const api = await connect();
      const query = { limit: HISTORY_PAGE, ...(cursor === null ? {} : { cursor }) };
      return bodyOf(api.GET("/todos/{todo_id}/history", { params: { path: { todo_id }, query }, signal }));
    },
    async exportAll(signal) {
      const api = await connect();
      return bodyOf(api.GET("/todos/export", { parseAs: "blob", signal }));
    },
    async importFrom(file, format, signal) {
      const api = await connect();
      // As it is: the server reads files piece by piece, and knows their own mistakes by their lines.
      const raw = { body: "", bodySerializer: () => file };
      const headers = { "content-type": format === "todoist" ? "text/csv" : "application/json" };
      return bodyOf(api.POST("/todos/import", { params: { query: { format } }, ...raw, headers, signal }));
    },
    async calendar(signal) {
      const api = await connect();
      return (await bodyOf(api.GET("/todos/calendar", { signal }))).created_at;
    },
    async shareCalendar() {
      const api = await connect();
      return (await bodyOf(api.POST("/todos/calendar"))).url;
    },
    async unshareCalendar() {
      const api = await connect();
      await api.DELETE("/todos/calendar");
    },
  };
}
