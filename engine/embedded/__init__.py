"""The embedded engine: runs ordinary Pulumi programs in this process, behind the Automation API's own seam.

command -> deployment -> monitor -> registration -> steps (pure)
                      -> intents (journal) -> backend
                      -> deletion, refreshing
"""
