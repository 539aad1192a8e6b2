import { NEW_TODO_FIELD } from "@/features/todos/fields";
import { focusControl } from "@/features/todos/hooks/use-row-keys";

const CHECKS = ["check", "restore"] as const;

/**
 * Before what was done with several rows takes the bar away in which the focus is: to the first of them where they
 * stay, or else to the row behind them, the one before them, the field for new todos, the page.
 */
export function focusAfter(ids: ReadonlySet<string>, stay: boolean): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-todo]")];
  const isOne = (row: HTMLElement) => ids.has(row.dataset.todo ?? "");
  const last = rows.findLastIndex(isOne);
  const others = [...rows.slice(last + 1), ...rows.slice(0, last + 1).reverse()].filter((row) => !isOne(row));
  const candidates = stay ? [...rows.filter(isOne), ...others] : others;
  if (candidates.some((row) => CHECKS.some((name) => focusControl(row, name)))) return;
  (document.getElementById(NEW_TODO_FIELD) ?? document.getElementById("content"))?.focus();
}
