"use client";

import { createContext, useContext } from "react";
import { english, type Translate } from "@/lib/i18n/translate";

export const TextContext = createContext<Translate>(english);

/** The texts in the person's language: `t("Save the password")`. */
export const useText = (): Translate => useContext(TextContext);
