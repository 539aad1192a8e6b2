"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { useText } from "@/hooks/text";
import { loadParser, type Parser } from "@/lib/quick-add/load";

interface Loading {
  readonly parser: Parser | undefined;
  /** Undefined where it could not be loaded: then the line is the title. */
  readonly load: () => Promise<Parser | undefined>;
}

/** The grammar of quick add in the person's language, as soon as somebody wants to write. */
export function useParser(): Loading {
  const { language } = useText();
  const [parser, setParser] = useState<Parser>();
  const loading = useRef<Promise<Parser | undefined>>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another language has another grammar.
  useEffect(() => {
    loading.current = undefined;
    setParser(undefined);
  }, [language]);

  const load = useCallback(() => {
    loading.current ??= loadParser(language).then(
      (loaded) => {
        setParser(() => loaded);
        return loaded;
      },
      () => {
        // The next line tries again.
        loading.current = undefined;
        return undefined;
      },
    );
    return loading.current;
  }, [language]);
  return { parser, load };
}
