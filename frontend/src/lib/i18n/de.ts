import { account } from "@/lib/i18n/de/account";
import { auth } from "@/lib/i18n/de/auth";
import { common } from "@/lib/i18n/de/common";
import { server } from "@/lib/i18n/de/server";
import { sync } from "@/lib/i18n/de/sync";
import { todos } from "@/lib/i18n/de/todos";

/** Every text of the app, by the English one. */
export const german = { ...common, ...auth, ...account, ...todos, ...sync, ...server };
