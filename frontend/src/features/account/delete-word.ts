/** What is typed by somebody who means it. */
export const DELETE_WORD = "delete";
