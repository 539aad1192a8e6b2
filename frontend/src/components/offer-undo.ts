import { notify } from "@/components/toast";
import type { Translate } from "@/lib/i18n/translate";
import type { Receipt, TodoStore, Undone } from "@/lib/sync/types";

/** How long the offer to undo stays while nobody touches it. Ctrl-Z works for longer. */
const VISIBLE = 8_000;

/** One at a time: what was done before that is undone by keys. */
const LAST = "last-action";

/** Says what was done last, in the place of what was said before. */
export function tellLast(title: string): void {
  void notify("message", title, { id: LAST, description: undefined, action: undefined, duration: 4_000 });
}

/** Says that nothing was done. */
export function tellRefused(t: Translate): void {
  void notify("error", t("Too many changes are waiting"), {
    description: t("Connect to the network, so that they can be sent. This one was not kept."),
  });
}

/** Tells what was done, and takes it back when asked to. Where nothing was done, there is nothing to tell. */
export function offerUndo(
  store: TodoStore,
  t: Translate,
  receipt: Receipt,
  title: string,
  description?: string,
): Receipt {
  const { action } = receipt;
  if (action === undefined) return receipt;
  void notify("message", title, {
    id: LAST,
    description,
    // Only another duration makes a toast that takes the place of one begin to count anew.
    duration: VISIBLE + (action % 2),
    action: { label: t("Undo"), onClick: () => void tellUndone(t, store.undo(action)) },
  });
  return receipt;
}

/** Says what could not be taken back. Answers whether anything was. */
export function tellUndone(t: Translate, undone: Undone | undefined): boolean {
  if (!undone || (undone.todo_ids.length === 0 && undone.skipped.length > 0)) {
    void notify("error", t("This cannot be undone any more"), {
      ...(undone && { description: t("It has been changed elsewhere since, and was left as it is.") }),
    });
    return false;
  }
  if (undone.skipped.length > 0) {
    void notify("warning", t("Not everything was undone"), {
      description: t("Some of it has been changed elsewhere since, and was left as it is."),
    });
  }
  return true;
}
