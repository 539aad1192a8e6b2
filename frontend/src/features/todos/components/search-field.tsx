"use client";

import { Search } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import { replaceBy } from "@/components/place-link";
import { SEARCH_FIELD } from "@/features/todos/fields";
import { hrefOf } from "@/features/todos/places";
import { useText } from "@/hooks/text";
import { takeTyped } from "@/lib/typing-ahead";

/** Finds while one types, in what this device has: no network is asked. */
export default function SearchField({ query, found }: { query: string; found: number }) {
  const t = useText();
  const [text, setText] = useState(query);
  const field = useRef<HTMLInputElement>(null);
  const [written, setWritten] = useState(query);
  // The address has changed by something else than this field.
  if (query !== written) {
    setWritten(query);
    setText(query);
  }
  const change = (value: string) => {
    setText(value);
    setWritten(value.trim());
    replaceBy(hrefOf({ name: "search", query: value.trim() }));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the field is there.
  useLayoutEffect(() => {
    const typed = takeTyped(SEARCH_FIELD);
    field.current?.focus();
    if (typed) change(text + typed);
  }, []);
  const words =
    query === ""
      ? t("Words from titles, notes and tags.")
      : t.count(found, "{count} todo found", "{count} todos found");
  return (
    <div className="mt-5">
      <div className="relative">
        <Search aria-hidden className="pointer-events-none absolute start-4 top-4.5 size-5 text-faint" />
        <label htmlFor={SEARCH_FIELD} className="sr-only">
          {t("Search your todos")}
        </label>
        <input
          ref={field}
          id={SEARCH_FIELD}
          type="search"
          dir="auto"
          value={text}
          onChange={(event) => change(event.target.value)}
          placeholder={t("What are you looking for?")}
          autoComplete="off"
          enterKeyHint="search"
          className="h-14 w-full rounded-2xl border border-edge bg-surface ps-12 pe-4 text-base shadow-card outline-none transition-colors placeholder:text-faint hover:border-soft focus:border-accent focus:ring-3 focus:ring-accent/20"
        />
      </div>
      <p role="status" className="mt-2.5 px-1 text-soft text-sm">
        {words}
      </p>
    </div>
  );
}
