/** The server's rule: length is what makes a password strong. */
export const PASSWORD_LENGTH = { min: 15, max: 128 } as const;
