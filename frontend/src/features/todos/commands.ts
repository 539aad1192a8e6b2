import {
  CircleHelp,
  Hash,
  type LucideIcon,
  Moon,
  PenLine,
  Redo2,
  Search,
  Settings,
  Sun,
  SunMoon,
  Undo2,
} from "lucide-react";
import { paths } from "@/config/paths";
import type { Actions } from "@/features/todos/actions";
import { hrefOf, views } from "@/features/todos/places";
import type { Translate } from "@/lib/i18n/translate";
import type { Local } from "@/lib/storage/local";
import { fold, search } from "@/lib/sync/search";
import type { Snapshot } from "@/lib/sync/types";
import { tagsOf } from "@/lib/sync/views";

export interface Command {
  readonly id: string;
  readonly label: string;
  readonly Icon: LucideIcon;
  readonly hint?: string;
  readonly run: () => void;
}

interface Means {
  t: Translate;
  navigate: (href: string) => void;
  actions: Actions;
  theme: Local["theme"];
  snapshot: Snapshot;
  write: () => void;
  help: () => void;
}

const MOST_TODOS = 8;

/** Everything that can be done from the palette, for what was typed into it. */
export function commandsFor(query: string, means: Means): readonly Command[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const fits = ({ label }: Command) => words.every((word) => fold(label).includes(word));
  const fixed = [...placesToGo(means), ...thingsToDo(means)].filter(fits);
  return words.length === 0 ? fixed : [...fixed, ...todosNamed(query, means), searchFor(query, means)];
}

function placesToGo({ t, navigate, snapshot }: Means): Command[] {
  const to = (id: string, label: string, Icon: LucideIcon, href: string): Command => ({
    id,
    label,
    Icon,
    run: () => navigate(href),
  });
  return [
    ...views.map(({ name, label, Icon, href }) =>
      to(name, t("Go to {place}", { place: t(label) }), Icon, href),
    ),
    ...tagsOf(snapshot.todos).map(({ tag }) =>
      to(`tag:${tag}`, t("Go to {place}", { place: `#${tag}` }), Hash, hrefOf({ name: "tag", tag })),
    ),
    to("settings", t("Settings"), Settings, paths.settings),
  ];
}

function thingsToDo({ t, actions, theme, snapshot, write, help }: Means): Command[] {
  const commands: (Command | false)[] = [
    { id: "new", label: t("Write a new todo"), Icon: PenLine, hint: "n", run: write },
    snapshot.undoable !== undefined && { id: "undo", label: t("Undo"), Icon: Undo2, run: actions.undo },
    snapshot.redoable !== undefined && { id: "redo", label: t("Do again"), Icon: Redo2, run: actions.redo },
    { id: "light", label: t("Light colours"), Icon: Sun, run: () => theme.set("light") },
    { id: "dark", label: t("Dark colours"), Icon: Moon, run: () => theme.set("dark") },
    { id: "system", label: t("Colours of the system"), Icon: SunMoon, run: () => theme.set("system") },
    { id: "help", label: t("Show the keys"), Icon: CircleHelp, hint: "?", run: help },
  ];
  return commands.filter((command) => command !== false);
}

function todosNamed(query: string, { navigate, snapshot }: Means): Command[] {
  return search(snapshot.todos, query)
    .slice(0, MOST_TODOS)
    .map(({ id, title, completed }) => ({
      id: `todo:${id}`,
      label: title,
      Icon: views[completed ? 3 : 0].Icon,
      run: () => navigate(hrefOf({ name: completed ? "done" : "inbox" }, id)),
    }));
}

const searchFor = (query: string, { t, navigate }: Means): Command => ({
  id: "search",
  label: t("Search for “{query}”", { query }),
  Icon: Search,
  run: () => navigate(hrefOf({ name: "search", query })),
});
