import type { Tokens } from "@/lib/api/client";
import { SignedOut } from "@/lib/api/problems";
import type { Session } from "@/lib/api/session";

/**
 * The tokens of one person. Another tab may have signed somebody else in, and what this one still has to send must not go
 * out in their name.
 */
export function tokensOf(session: Pick<Session, "current" | "renew" | "snapshot">, userId: string): Tokens {
  // Asked after the token has come: both are changed together.
  const isTheirs = () => session.snapshot().user?.id === userId;
  return {
    async current() {
      const token = await session.current();
      if (!isTheirs()) throw new SignedOut();
      return token;
    },
    async renew(refused) {
      const token = await session.renew(refused);
      return isTheirs() ? token : undefined;
    },
  };
}
