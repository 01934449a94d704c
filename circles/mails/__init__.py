"""The mails of this app: what people are told about circles, and what keeps a mail from going out."""
