/** Text typed and not yet saved, by where it was typed. */
export type Drafts = Readonly<Record<string, string>>;

export interface TextDraft {
  readonly text: string;
  /** The value that stood there when the first key was pressed. Unknown of drafts that change nothing that exists. */
  readonly base?: string;
}

/** Beside the text and not in it: a tab of an earlier version reads texts only, and keeps what it does not know. */
const baseOf = (name: string): string => `base:${name}`;

export function readDraft(drafts: Drafts, name: string): TextDraft | undefined {
  const { [name]: text, [baseOf(name)]: base } = drafts;
  if (text === undefined) return undefined;
  return base === undefined ? { text } : { text, base };
}

export function withDraft(drafts: Drafts, name: string, draft: TextDraft | undefined): Drafts {
  const { [name]: _text, [baseOf(name)]: _base, ...others } = drafts;
  if (draft === undefined) return others;
  const base = draft.base === undefined ? {} : { [baseOf(name)]: draft.base };
  return { ...others, [name]: draft.text, ...base };
}

/** How many texts there are. */
export const countDrafts = (drafts: Drafts): number =>
  Object.keys(drafts).filter((name) => !name.startsWith("base:")).length;
