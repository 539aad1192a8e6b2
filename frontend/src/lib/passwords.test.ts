import { describe, expect, test } from "vitest";
import { english } from "@/lib/i18n/translate";
import { judge, lengthOf } from "@/lib/passwords";

describe("judge", () => {
  test.each([
    ["", 0, "At least 15 characters. A short sentence works well."],
    ["Sh0rt!", 0, "9 more characters to go"],
    ["fourteen chars", 0, "1 more character to go"],
    ["x".repeat(130), 0, "2 too many"],
    ["aaaaaaaaaaaaaaaa", 1, "Long enough, but easy to guess"],
    ["abcdefghijklmnopq", 1, "Long enough, but easy to guess"],
    ["passwordpasswordpassword", 1, "Long enough, but easy to guess"],
    ["ada.lovelace@example.com", 1, "Long enough, but easy to guess"],
    ["the cat sat on it", 2, "Good"],
    ["seven teal otters juggle", 3, "Strong"],
  ])("%j is worth %d", (password, score, words) => {
    expect(judge(english, password, ["ada.lovelace@example.com", "Ada Lovelace"])).toEqual({ score, words });
  });
});

describe("beside a second factor", () => {
  test.each([
    ["", "on", 0, "At least 8 characters. A short sentence works well."],
    ["x8Kd92k", "on", 0, "1 more character to go"],
    ["x8Kd92kf", "on", 1, "Long enough, but easy to guess"],
    ["x8Kd92kfLw", "on", 2, "Good"],
    ["x8Kd92k", "unknown", 0, "8 more characters to go"],
    ["x8Kd92kf", "unknown", 0, "Enough beside a second factor; 15 characters without one"],
    ["x8Kd92kfLw3vQ9z", "unknown", 2, "Good"],
  ] as const)("%j where one is %s", (password, secondFactor, score, words) => {
    expect(judge(english, password, [], secondFactor)).toEqual({ score, words });
  });
});

describe("lengthOf", () => {
  test("counts characters as the server does", () => {
    expect(lengthOf("🦔🦔")).toBe(2);
    expect(lengthOf("e\u0301")).toBe(1);
  });
});
