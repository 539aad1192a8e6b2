import { expect, describe as suite, test } from "vitest";
import { describe, describeDetails } from "@/features/account/activity-words";
import { deviceName, isHandheld } from "@/features/account/device-name";
import { german } from "@/lib/i18n/de";
import { createTranslate, english } from "@/lib/i18n/translate";

suite("deviceName", () => {
  const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
  test.each([
    [`Mozilla/5.0 (X11; Linux x86_64) ${chrome}`, "Chrome on Linux"],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Edg/140.0.0.0`, "Edge on Windows"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1",
      "Safari on iPhone",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
    ["Firefox on Linux", "Firefox on Linux"],
    ["curl/8.5.0", "curl"],
    ["  ", "Unknown device"],
    [null, "Unknown device"],
  ])("%j is %s", (device, name) => {
    expect(deviceName(english, device)).toBe(name);
  });

  test("says in German what the server names in English", () => {
    const deutsch = createTranslate("de", "de-DE", german);
    expect(deviceName(deutsch, "Firefox on Linux")).toBe("Firefox unter Linux");
    expect(deviceName(deutsch, "curl")).toBe("curl");
    const details = { device: "Safari on iPhone" };
    expect(describeDetails(deutsch, { details })).toBe("Safari unter iPhone");
  });

  test("tells what is held in a hand", () => {
    expect(isHandheld("Safari on iPhone")).toBe(true);
    expect(isHandheld("Firefox on Linux")).toBe(false);
  });
});

suite("describe", () => {
  test("has words for what is known, and readable ones for what is not", () => {
    expect(describe(english, { kind: "password.changed" })).toEqual({
      title: "Password changed",
      isNotable: true,
    });
    expect(describe(english, { kind: "api_token.used" }).title).toBe("API token used");
    expect(describe(english, { kind: "api_token.refused" })).toEqual({
      title: "API token refused",
      isNotable: true,
    });
    expect(describe(english, { kind: "some.new_kind" })).toEqual({ title: "Some new kind" });
  });

  test("tells of the details what means something", () => {
    expect(describeDetails(english, { details: { method: "totp" } })).toBe("with the password and a code");
    expect(describeDetails(english, { details: { name: "backup", next_after_seconds: 4 } })).toBe("“backup”");
    const together = { method: "password_and_passkey" };
    expect(describeDetails(english, { details: together })).toBe("with the password and a passkey");
    expect(describeDetails(english, { details: { device: "Firefox on Linux" } })).toBe("Firefox on Linux");
    expect(describeDetails(english, { details: {} })).toBe("");
  });
});
