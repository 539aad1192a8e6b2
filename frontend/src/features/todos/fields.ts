/** Of the fields that keys lead to. */
export const NEW_TODO_FIELD = "new-todo";
export const SEARCH_FIELD = "search";
export const PALETTE_FIELD = "palette";
