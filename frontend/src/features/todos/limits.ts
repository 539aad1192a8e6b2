/** The server's limits, so that a person notices them while typing. */
export const TITLE_LENGTH = 200;
export const DESCRIPTION_LENGTH = 10_000;
export const TAG_LENGTH = 50;
export const MOST_TAGS = 20;

/** A line has dates and tags besides the title. */
export const LINE_LENGTH = 400;

/** From here on, the room that is left is shown. */
export const TITLE_WARNING = 160;

/** A title is one line: a pasted line break, tab or other control character becomes a space. */
export const oneLine = (text: string): string => text.replace(/\s*[\p{Cc}\u2028\u2029]+\s*/gu, " ");
