### Quick add: a todo and its due from one line

quick-line = What, and when
quick-hint = For example: call Nova Ltd tomorrow 9:00
quick-as-text = Not a due: take the whole line as text
quick-take-due = As due: { $due }
quick-where = Where to
quick-no-inbox = Your inbox has not arrived on this device yet: choose a card.
quick-other = Another card
quick-find = Name of the card
quick-added = Added ({ $card }): “{ $text }”.
quick-added-due = Added ({ $card }; { $due }): “{ $text }”.
