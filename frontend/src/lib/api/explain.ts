import { ApiProblem, SignedOut, Unreachable } from "@/lib/api/problems";
import { PasskeyFailure } from "@/lib/passkeys";

export interface Explanation {
  readonly title: string;
  readonly detail: string;
}

/** What went wrong and what to do about it, in words for the person in front of the screen. */
export function explain(error: unknown, online: boolean = globalThis.navigator?.onLine ?? true): Explanation {
  if (error instanceof SignedOut) return { title: "You are signed out", detail: "Sign in again to go on." };
  if (error instanceof PasskeyFailure) return { title: error.title, detail: error.detail };
  if (error instanceof ApiProblem) return explainProblem(error);
  if (!online)
    return { title: "You are offline", detail: "Check your connection. Daybook tries again by itself." };
  if (error instanceof Unreachable) {
    return {
      title: "Daybook cannot be reached",
      detail: "The server does not answer. Please try again in a moment.",
    };
  }
  return { title: "Something went wrong", detail: "That was our fault. Please try again." };
}

function explainProblem(problem: ApiProblem): Explanation {
  if (problem.status === 429) {
    return {
      title: problem.slug === "too-many-attempts" ? "Too many attempts" : "Too many requests",
      detail: `Please wait ${duration(problem.retryAfter)}, then try again.`,
    };
  }
  if (problem.status >= 500) {
    const wait = problem.retryAfter === undefined ? "in a moment" : `in ${duration(problem.retryAfter)}`;
    const reference = problem.requestId ? ` (reference ${problem.requestId})` : "";
    return {
      title: "The server is busy",
      detail: `Your data is safe. Please try again ${wait}${reference}.`,
    };
  }
  return { title: problem.title, detail: problem.detail ?? "Please try again." };
}

/** A waiting time as a person would say it, rounded up. */
export function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "a moment";
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  if (seconds < 90) return seconds === 1 ? "a second" : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
