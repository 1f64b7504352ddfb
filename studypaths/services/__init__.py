"""The acts on paths and tasks. Each is one transaction: lock the learner's log, check the rule, record what happened."""
