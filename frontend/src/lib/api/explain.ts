import { ApiProblem, SignedOut, Unreachable } from "@/lib/api/problems";
import { type Translate, text } from "@/lib/i18n/translate";
import { PasskeyFailure } from "@/lib/passkeys";

export interface Explanation {
  readonly title: string;
  readonly detail: string;
}

/** What went wrong and what to do about it, in words for the person in front of the screen. */
export function explain(
  t: Translate,
  error: unknown,
  online: boolean = globalThis.navigator?.onLine ?? true,
): Explanation {
  if (error instanceof SignedOut)
    return { title: t("You are signed out"), detail: t("Sign in again to go on.") };
  if (error instanceof PasskeyFailure) return { title: t.any(error.title), detail: t.any(error.detail) };
  if (error instanceof ApiProblem) return explainProblem(t, error);
  if (!online)
    return {
      title: t("You are offline"),
      detail: t("Check your connection. Daybook tries again by itself."),
    };
  if (error instanceof Unreachable) {
    return {
      title: t("Daybook cannot be reached"),
      detail: t("The server does not answer. Please try again in a moment."),
    };
  }
  return { title: t("Something went wrong"), detail: t("That was our fault. Please try again.") };
}

function explainProblem(t: Translate, problem: ApiProblem): Explanation {
  if (problem.status === 429) {
    return {
      title: problem.slug === "too-many-attempts" ? t("Too many attempts") : t("Too many requests"),
      detail: t("Please wait {time}, then try again.", { time: duration(t, problem.retryAfter) }),
    };
  }
  if (problem.status >= 500) {
    const reference = problem.requestId ? ` (${t("reference {id}", { id: problem.requestId })})` : "";
    return {
      title: t("The server is busy"),
      detail:
        t("Your data is safe. Please try again in {time}.", { time: duration(t, problem.retryAfter) }) +
        reference,
    };
  }
  return { title: t.any(problem.title), detail: t.any(problem.detail ?? text("Please try again.")) };
}

/** A waiting time as a person would say it, rounded up. */
export function duration(t: Translate, milliseconds: number | undefined): string {
  if (milliseconds === undefined) return t("a moment");
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  if (seconds < 90) return t.count(seconds, "a second", "{count} seconds");
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return t.count(minutes, "{count} minute", "{count} minutes");
  return t.count(Math.ceil(minutes / 60), "{count} hour", "{count} hours");
}
