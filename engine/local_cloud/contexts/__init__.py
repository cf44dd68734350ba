"""Somebody's cluster behind emulated EKS clusters, instead of control planes of ours: the one a kubeconfig's context
reaches (kind, minikube).

kubeconfig.py   what a context says: where, trusting whom, as whom
way.py          requests there as the context's user, and the check before anything relies on it
choice.py       which context, kept in the home: a name and files, never a credential
heads.py        heads of HTTP requests as they come and as they go on
reviews.py      who is let in: MiniStack's word on a token
passage.py      one process an EKS cluster: TLS under our authority, tokens checked, the context's login put in
"""
