"use client";

import { CheckField } from "@/components/ui/check-field";
import Dialog from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { groups, keySign, type Shortcut } from "@/features/todos/shortcuts";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useEntry } from "@/hooks/use-entry";

/** What every key does. */
export default function Help({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [letterKeys, setLetterKeys] = useEntry(useRuntime().local.letterKeys);
  return (
    <Dialog title={t("Keys")} onClose={onClose}>
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {groups.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3 className="mb-2 font-medium text-sm">{t.any(title)}</h3>
            <dl className="grid gap-2 text-sm">
              {shortcuts.map((shortcut) => (
                <div key={shortcut.does} className="flex items-center justify-between gap-4">
                  <dt className="text-soft">{t.any(shortcut.does)}</dt>
                  <dd className="flex shrink-0 items-center gap-1">
                    <Keys shortcut={shortcut} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="mt-6 border-t pt-5">
        <CheckField
          label={t("Single letters do something")}
          description={t("Turn it off if you dictate, or press keys by accident.")}
          checked={letterKeys === "on"}
          onChange={(event) => setLetterKeys(event.target.checked ? "on" : "off")}
        />
      </div>
    </Dialog>
  );
}

function Keys({ shortcut }: { shortcut: Shortcut }) {
  const t = useText();
  return shortcut.keys.map((key, index) => (
    <span key={key} className="flex items-center gap-1">
      {index > 0 && shortcut.isSequence && (
        <span className="text-faint text-xs">{t("then|between keys")}</span>
      )}
      <Kbd>{keySign(key)}</Kbd>
    </span>
  ));
}
