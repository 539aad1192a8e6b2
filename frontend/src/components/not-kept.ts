import { notify } from "@/components/toast";
import type { Translate } from "@/lib/i18n/translate";

/** Says that loading the page again would lose something. Loaded when it would. */
export function notKept(t: Translate, goAnyway: () => unknown): void {
  void notify("warning", t("Your last changes are only on this page"), {
    id: "not-kept",
    description: t("This device does not take them. They are sent as soon as that works: better wait."),
    duration: Number.POSITIVE_INFINITY,
    action: { label: t("Load it anyway"), onClick: () => void goAnyway() },
  });
}
