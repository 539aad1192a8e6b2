import { describe, expect, test, vi } from "vitest";
import { createAddress } from "@/lib/api/address";
import { Unreachable } from "@/lib/api/problems";

describe("createAddress", () => {
  test("asks once, however many want to know", async () => {
    const ask = vi.fn(async () => Response.json({ api_origin: "http://api.test" }));
    const address = createAddress(ask);
    expect(await Promise.all([address(), address()])).toEqual(["http://api.test", "http://api.test"]);
    expect(await address()).toBe("http://api.test");
    expect(ask).toHaveBeenCalledTimes(1);
  });

  test("asks again after a failure", async () => {
    const answers = [
      new Response("", { status: 500 }),
      Response.json({}),
      Response.json({ api_origin: "http://a" }),
    ];
    const address = createAddress(async () => answers.shift() ?? Response.error());
    await expect(address()).rejects.toBeInstanceOf(Unreachable);
    await expect(address()).rejects.toBeInstanceOf(Unreachable);
    expect(await address()).toBe("http://a");
  });
});
