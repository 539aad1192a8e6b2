"use client";

import { useContext } from "react";
import { TodoStoreContext } from "@/hooks/todo-store";

interface StoreGateProps {
  /** The shape of the page, until the engine has been loaded. */
  placeholder: React.ReactNode;
  children: React.ReactNode;
}

/** Shows pages that need the todos once there is a store to ask. */
export function StoreGate({ placeholder, children }: StoreGateProps) {
  return useContext(TodoStoreContext) ? children : placeholder;
}
