package main

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
)

const (
	provisionerOfClaim  = "volume.kubernetes.io/storage-provisioner" // the volume controller asks for a volume by it
	chosenNode          = "volume.kubernetes.io/selected-node"
	provisionerOfVolume = "pv.kubernetes.io/provisioned-by"
)

// Storage classes of EKS whose volumes are played here; claims of all others stay pending.
var provisioners = []string{"ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs"}

// What failed is tried again when the claim or volume is seen again.
var seeVolumesAgain = informers.WithCustomResyncConfig(map[metav1.Object]time.Duration{
	&corev1.PersistentVolumeClaim{}: heartbeat,
	&corev1.PersistentVolume{}:      heartbeat,
})

// provisioner plays the storage drivers of EKS: a volume for each claim, as large as was asked, gone with it. Nothing
// is stored in one. The volume controller binds, and decides which claim waits for its first pod.
type provisioner struct {
	ctx context.Context
	api kubernetes.Interface
}

// serve makes the claim's volume, or lets it grow.
func (p provisioner) serve(claim *corev1.PersistentVolumeClaim) {
	if claim.DeletionTimestamp != nil || !slices.Contains(provisioners, claim.Annotations[provisionerOfClaim]) {
		return
	}
	switch claim.Status.Phase {
	case corev1.ClaimPending:
		p.make(claim)
	case corev1.ClaimBound:
		p.grow(claim)
	}
}

func (p provisioner) make(claim *corev1.PersistentVolumeClaim) {
	if claim.Spec.StorageClassName == nil || claim.Spec.VolumeName != "" {
		return
	}
	class, err := p.api.StorageV1().StorageClasses().Get(p.ctx, *claim.Spec.StorageClassName, metav1.GetOptions{})
	if err != nil {
		return
	}
	waits := class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer
	if waits && claim.Annotations[chosenNode] == "" {
		return
	}
	policy := corev1.PersistentVolumeReclaimDelete
	if class.ReclaimPolicy != nil {
		policy = *class.ReclaimPolicy
	}
	name := "pvc-" + string(claim.UID)
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionerOfVolume: class.Provisioner}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			AccessModes:                   claim.Spec.AccessModes,
			VolumeMode:                    claim.Spec.VolumeMode,
			MountOptions:                  class.MountOptions,
			StorageClassName:              class.Name,
			PersistentVolumeReclaimPolicy: policy,
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			// Of this kind, so that nobody waits for a driver to attach it. No kubelet ever looks at the path.
			PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/simulated/" + name}},
		},
	}
	_, _ = p.api.CoreV1().PersistentVolumes().Create(p.ctx, volume, metav1.CreateOptions{})
}

// grow does what a driver's resizer does, for a class that allows it: the API server has refused all others.
func (p provisioner) grow(claim *corev1.PersistentVolumeClaim) {
	asked := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	if has := claim.Status.Capacity[corev1.ResourceStorage]; asked.Cmp(has) <= 0 {
		return
	}
	volumes := p.api.CoreV1().PersistentVolumes()
	volume, err := volumes.Get(p.ctx, claim.Spec.VolumeName, metav1.GetOptions{})
	if err != nil || !slices.Contains(provisioners, volume.Annotations[provisionerOfVolume]) {
		return
	}
	volume.Spec.Capacity[corev1.ResourceStorage] = asked
	if _, err := volumes.Update(p.ctx, volume, metav1.UpdateOptions{}); err != nil {
		return
	}
	grown := claim.DeepCopy()
	grown.Status.Capacity[corev1.ResourceStorage] = asked
	grown.Status.Conditions = nil
	_, _ = p.api.CoreV1().PersistentVolumeClaims(claim.Namespace).UpdateStatus(p.ctx, grown, metav1.UpdateOptions{})
}

// release deletes a volume whose claim is gone, unless its class says that it is kept.
func (p provisioner) release(volume *corev1.PersistentVolume) {
	if volume.Status.Phase != corev1.VolumeReleased || volume.DeletionTimestamp != nil ||
		volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete ||
		!slices.Contains(provisioners, volume.Annotations[provisionerOfVolume]) {
		return
	}
	options := metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &volume.UID}}
	_ = p.api.CoreV1().PersistentVolumes().Delete(p.ctx, volume.Name, options)
}
