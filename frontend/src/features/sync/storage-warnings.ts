import { type Text, text } from "@/lib/i18n/translate";
import type { StorageState } from "@/lib/sync/types";

export interface StorageWarning {
  readonly title: Text;
  readonly detail: Text;
  /** Loading the page again helps. */
  readonly reloads?: boolean;
}

/** What is wrong with keeping things on this device. Nothing is said where nothing is. */
export const storageWarnings: Readonly<Partial<Record<StorageState, StorageWarning>>> = {
  volatile: {
    title: text("This browser keeps nothing"),
    detail: text("Your changes are sent as long as this page is open. Do not close it while some wait."),
  },
  full: {
    title: text("This device is full"),
    detail: text(
      "The last changes could not be kept here. They are sent all the same: stay until they are saved.",
    ),
  },
  outdated: {
    title: text("A newer Daybook runs in another tab"),
    detail: text("This tab has to be loaded again. What you wrote is kept."),
    reloads: true,
  },
  blocked: {
    title: text("An older Daybook runs in another tab"),
    detail: text("Close that tab, or load it again. Until then, nothing can be opened here."),
    reloads: true,
  },
};
