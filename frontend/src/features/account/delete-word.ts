import { text } from "@/lib/i18n/translate";

/** What is typed by somebody who means it. */
export const DELETE_WORD = text("delete");

/** In every language: whoever types another one's means it as well. */
export const DELETE_WORDS: readonly string[] = [DELETE_WORD, "löschen"];
