"""The Kubernetes control plane behind emulated EKS clusters: its Go module, and the binary that is made of it."""
