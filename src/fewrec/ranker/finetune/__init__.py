"""Language models fine-tuned on K labelled rows."""
