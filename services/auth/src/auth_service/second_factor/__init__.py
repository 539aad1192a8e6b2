"""What a person shows beside the password: a code from an app, a recovery code, or a passkey."""
