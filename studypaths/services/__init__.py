"""The acts on paths and tasks, each one transaction: lock the learner's log, check the rule, record what happened."""
