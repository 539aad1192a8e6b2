import { CalendarDays, CircleCheckBig, Inbox, Sun, Trash2 } from "lucide-react";
import { paths } from "@/config/paths";
import { type Text, text } from "@/lib/i18n/translate";
import { search } from "@/lib/sync/search";
import type { Snapshot, TodoView } from "@/lib/sync/types";
import { select, type View } from "@/lib/sync/views";

/** What the page of the todos shows: it is in the address. */
export type Place = View | { readonly name: "search"; readonly query: string };

type Fixed = Exclude<View["name"], "tag">;

/** The views that everybody has, in their order. */
export const views = [
  { name: "inbox", href: paths.todos, label: text("Inbox"), Icon: Inbox, key: "i" },
  { name: "today", href: paths.today, label: text("Today"), Icon: Sun, key: "t" },
  { name: "upcoming", href: paths.upcoming, label: text("Upcoming"), Icon: CalendarDays, key: "u" },
  { name: "done", href: paths.done, label: text("Done|view"), Icon: CircleCheckBig, key: "d" },
  { name: "trash", href: paths.trash, label: text("Trash"), Icon: Trash2, key: "x" },
] as const satisfies readonly { name: Fixed; href: string; label: Text; Icon: unknown; key: string }[];

export function placeOf(pathname: string, parameters: URLSearchParams): Place {
  const tag = parameters.get("name");
  if (pathname === paths.tag && tag) return { name: "tag", tag };
  if (pathname === paths.search) return { name: "search", query: parameters.get("q") ?? "" };
  return { name: views.find(({ href }) => href === pathname)?.name ?? "inbox" };
}

export function hrefOf(place: Place, todoId?: string | null): string {
  const parameters = new URLSearchParams();
  if (place.name === "tag") parameters.set("name", place.tag);
  if (place.name === "search" && place.query) parameters.set("q", place.query);
  if (todoId) parameters.set("todo", todoId);
  const query = parameters.size > 0 ? `?${parameters}` : "";
  return `${pathOf(place)}${query}`;
}

const pathOf = (place: Place): string =>
  place.name === "tag" || place.name === "search"
    ? paths[place.name]
    : (views.find(({ name }) => name === place.name)?.href ?? paths.todos);

export const todosOf = (
  snapshot: Pick<Snapshot, "todos" | "trash">,
  place: Place,
  day: string,
): readonly TodoView[] =>
  place.name === "search" ? search(snapshot.todos, place.query) : select(snapshot, place, day);

/** Where the order is the person's own. */
export const hasOwnOrder = ({ name }: Place): boolean => name === "inbox" || name === "tag";

/** Where something new belongs, so that it is seen where it was written. */
export const takesNew = ({ name }: Place): boolean =>
  name !== "trash" && name !== "done" && name !== "search";
