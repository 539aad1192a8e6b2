import { describe, expect, test } from "vitest";
import { contentSecurityPolicy } from "@/config/content-security-policy";
import { readEnv } from "@/config/env";
import { afterSignIn, signInPath } from "@/config/paths";

describe("readEnv", () => {
  test("takes an origin", () => {
    expect(readEnv({ DAYBOOK_API_URL: " https://api.example.org/ " })).toEqual({
      apiOrigin: "https://api.example.org",
    });
  });

  test.each([undefined, "", "  "])("says what is missing: %j", (value) => {
    expect(() => readEnv({ DAYBOOK_API_URL: value })).toThrow("DAYBOOK_API_URL is not set");
  });

  test.each([
    "localhost:8000",
    "ftp://example.org",
    "http://a/b",
    "http://a?b",
    "http://me:secret@a",
    "nonsense",
  ])("does not take %s", (value) => {
    expect(() => readEnv({ DAYBOOK_API_URL: value })).toThrow("DAYBOOK_API_URL must be");
  });
});

describe("signInPath", () => {
  test("leads back to where one was, if that is a page of this app", () => {
    expect(signInPath("/settings")).toBe("/sign-in?next=%2Fsettings");
    expect(signInPath("/")).toBe("/sign-in");
    expect(signInPath("/nowhere")).toBe("/sign-in");
    expect(signInPath("/tag", "?name=home")).toBe("/sign-in?next=%2Ftag%3Fname%3Dhome");
  });
});

describe("afterSignIn", () => {
  test("goes to pages of this app only", () => {
    expect(afterSignIn("?next=%2Fsettings%2Fdevices")).toBe("/settings/devices");
    expect(afterSignIn("?next=%2Ftag%3Fname%3Da%2520b")).toBe("/tag?name=a+b");
    for (const next of [
      "//evil.example",
      "https://evil.example",
      "javascript:alert(1)",
      "/sign-in",
      "/reset",
      "/%2e%2e",
      "//evil.example?/settings",
      "/\\evil.example",
      "",
    ]) {
      expect(afterSignIn(`?next=${encodeURIComponent(next)}`)).toBe("/");
    }
  });
});

describe("contentSecurityPolicy", () => {
  const policy = contentSecurityPolicy({
    scriptHashes: ["sha256-abc="],
    apiOrigin: "https://api.example.org",
  });

  test("runs the app's own scripts only, and talks to the API", () => {
    expect(policy).toContain("script-src 'self' 'sha256-abc=';");
    expect(policy).toContain("connect-src 'self' https://api.example.org;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-eval");
    expect(policy.match(/'unsafe-inline'/g)).toHaveLength(1);
  });
});
