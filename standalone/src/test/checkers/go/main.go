// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

// Command check-proof checks offline that an event is in a log: go run . PROOF-FILE VKEY
//
// Torchwood reads the proof and verifies signature and inclusion. Here is what only we know, the leaf, and where we are
// stricter: numbers and base64 have one form, and the log signs once.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var (
	form = regexp.MustCompile(`\A.+\nextra (.+)\nindex (0|[1-9][0-9]*)\n((?:.+\n){0,63})\n((?s:.+))\z`)
	leaf = regexp.MustCompile(`\Acontext-graph-leaf/v1\n([1-9][0-9]*)\n` + // seq
		`((?:0|[1-9][0-9]{0,18})-(?:0|[1-9][0-9]{0,18}))\n` + // position
		`([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n([0-9a-f]{64})\n\z`) // event id, content hash
)

func main() {
	if len(os.Args) != 3 {
		refuse(errors.New("give PROOF-FILE VKEY"))
	}
	proof, err := os.ReadFile(os.Args[1])
	if err != nil {
		refuse(err)
	}
	found, err := check(proof, os.Args[2])
	if err != nil {
		refuse(err)
	}
	fmt.Println("ok:", found)
}

func refuse(why error) {
	fmt.Fprintln(os.Stderr, "refused:", why)
	os.Exit(1)
}

func check(proof []byte, vkey string) (string, error) {
	parts := form.FindStringSubmatch(string(proof))
	if parts == nil {
		return "", errors.New("the file is not a tlog-proof with an extra line")
	}
	extra, index, hashes, checkpoint := parts[1], parts[2], parts[3], parts[4]
	key, err := note.NewVerifier(vkey)
	if err != nil {
		return "", err
	}
	text, err := torchwood.ProofExtraData(proof)
	if err != nil {
		return "", err
	}
	log := torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(key.Name()), torchwood.SingleVerifierPolicy(key))
	if err := torchwood.VerifyProof(log, tlog.RecordHash(text), proof); err != nil {
		return "", err
	}
	tree, signed, err := torchwood.VerifyCheckpoint([]byte(checkpoint), log)
	if err != nil {
		return "", err
	}
	own, encoded := 0, strings.Split(hashes+extra, "\n")
	for _, line := range strings.Split(strings.TrimSpace(checkpoint[len(signed.Text):]), "\n") {
		fields := strings.Split(line, " ") // a dash, the name, base64 of key id and signature
		encoded = append(encoded, fields[2])
		raw, _ := base64.StdEncoding.DecodeString(fields[2])
		if fields[1] == key.Name() && binary.BigEndian.Uint32(raw) == key.KeyHash() {
			own++
		}
	}
	if own != 1 {
		return "", errors.New("the log signed more than once")
	}
	if tree.String() != signed.Text || slices.ContainsFunc(encoded, notCanonical) {
		return "", errors.New("base64 is not canonical")
	}
	event := leaf.FindSubmatch(text)
	if event == nil {
		return "", errors.New("the extra line is not a leaf")
	}
	seq, err := strconv.ParseInt(string(event[1]), 10, 64)
	if err != nil || strconv.FormatInt(seq-1, 10) != index {
		return "", errors.New("the leaf is not of this index")
	}
	return fmt.Sprintf("event %s, seq %d, position %s, content hash %s, in %s of %d events",
		event[3], seq, event[2], event[4], tree.Origin, tree.N), nil
}

// notCanonical tells whether base64 that could be read is not as one would write it.
func notCanonical(text string) bool {
	raw, err := base64.StdEncoding.DecodeString(text)
	return err != nil || base64.StdEncoding.EncodeToString(raw) != text
}
