import { describe, expect, test } from "vitest";
import { problemsOf } from "./check-imports.mjs";

describe("problemsOf", () => {
  test.each([
    ["lib/sync/store.ts", 'import { a } from "@/hooks/a";', "lib must not import hooks"],
    [
      "components/a.tsx",
      'const a = lazy(() => import("@/features/todos/a"));',
      "components must not import features",
    ],
    [
      "features/auth/a.ts",
      'import { a } from "@/features/todos/b";',
      "feature auth must not import feature todos",
    ],
    ["proxy.ts", 'import "@/testing/a";', "which is for tests"],
    ["lib/a.ts", 'import { a } from "./b";', "relative import"],
    ["lib/a.ts", 'export { a } from "@/lib/b";', "passes on exports"],
    ["lib/a.ts", "\n".repeat(251), "251 lines"],
  ])("%s: %s", (file, source, problem) => {
    expect(problemsOf(file, source).join()).toContain(problem);
  });

  test("says nothing about imports in the right direction", () => {
    const source =
      'import { a } from "@/lib/a";\nimport { b } from "@/features/todos/b";\nimport "./globals.css";';
    expect(problemsOf("app/page.tsx", source)).toEqual([]);
    expect(problemsOf("lib/a.test.ts", 'import { a } from "@/testing/a";')).toEqual([]);
  });
});
