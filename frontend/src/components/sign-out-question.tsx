"use client";

import Confirm from "@/components/ui/confirm";
import { useText } from "@/hooks/text";
import type { Translate } from "@/lib/i18n/translate";
import type { Unsynced } from "@/lib/sync/types";

export interface Losses extends Unsynced {
  /** Texts that somebody has begun to type, in whichever tab. */
  readonly drafts: number;
}

interface SignOutQuestionProps {
  losses: Losses;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before signing out takes something along that is nowhere else. Loaded when there is something to ask. */
export default function SignOutQuestion({ losses, onConfirm, onCancel }: SignOutQuestionProps) {
  const t = useText();
  return (
    <Confirm
      title={titleOf(t, losses)}
      confirm={t("Sign out anyway")}
      cancel={t("Stay signed in")}
      onConfirm={onConfirm}
      onCancel={onCancel}
    >
      <p>{t("Signing out removes from this device what the server does not have:")}</p>
      <ul className="mt-2 list-disc ps-5">
        {wordsOf(t, losses).map((loss) => (
          <li key={loss}>{loss}</li>
        ))}
      </ul>
    </Confirm>
  );
}

function titleOf(t: Translate, { unsent, conflicts, refusals, unread }: Losses): string {
  if (unread) return t("Sign out without looking at this device?");
  return unsent + conflicts + refusals > 0
    ? t("Sign out and lose unsent changes?")
    : t("Sign out and lose what you have begun to write?");
}

function wordsOf(t: Translate, { unsent, conflicts, refusals, drafts, unread }: Losses): string[] {
  const losses = [
    unsent > 0 && t.count(unsent, "{count} change that was not sent", "{count} changes that were not sent"),
    conflicts > 0 &&
      t.count(
        conflicts,
        "{count} todo that was changed in two places",
        "{count} todos that were changed in two places",
      ),
    refusals > 0 &&
      t.count(refusals, "{count} change that the server refused", "{count} changes that the server refused"),
    drafts > 0 && t.count(drafts, "{count} text that is not finished", "{count} texts that are not finished"),
    unread && t("Changes that were not sent: Daybook has not read yet what this device keeps"),
  ];
  return losses.filter((loss) => loss !== false);
}
