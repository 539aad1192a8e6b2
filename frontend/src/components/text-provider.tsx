"use client";

import { useEffect, useState } from "react";
import { useRuntime } from "@/hooks/runtime";
import { TextContext } from "@/hooks/text";
import { loadTranslate } from "@/lib/i18n/dictionaries";
import { directionOf, languageOf, localeOf } from "@/lib/i18n/languages";
import { english } from "@/lib/i18n/translate";

/** Follows the language that was chosen, here or in another tab. Until it has come, the texts are the prerendered ones. */
export function TextProvider({ children }: { children: React.ReactNode }) {
  const { language: choice } = useRuntime().local;
  const [translate, setTranslate] = useState(() => english);

  useEffect(() => {
    let wanted = 0;
    const apply = async () => {
      const turn = ++wanted;
      const language = languageOf(choice.get(), navigator.languages);
      const loaded = await loadTranslate(language, localeOf(language, navigator.languages)).catch(
        () => english,
      );
      if (turn !== wanted) return;
      const { documentElement: root } = document;
      root.lang = loaded.language;
      root.dir = directionOf(loaded.language);
      setTranslate(() => loaded);
      // It could not be loaded: what is there is shown.
      if (loaded === english) delete root.dataset.wording;
    };
    void apply();
    const unsubscribe = choice.subscribe(() => void apply());
    return () => {
      wanted = Number.NaN;
      unsubscribe();
    };
  }, [choice]);

  // In an effect of its own: after the texts are in the document, not when they are known.
  useEffect(() => {
    if (document.documentElement.lang === translate.language) delete document.documentElement.dataset.wording;
  }, [translate]);

  return <TextContext value={translate}>{children}</TextContext>;
}
