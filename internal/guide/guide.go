package guide

import "time"

// StepID names a step in addresses and in the store; it never changes.
type StepID string

// The steps, in the order in which they are done.
const (
	H5Redirect      StepID = "h5_redirect"
	ConnectTikTok   StepID = "tiktok"
	ShopifySide     StepID = "shopify"
	TestOrder       StepID = "test_order"
	RealOrder       StepID = "real_order"
	PortalText      StepID = "portal_text"
	LookupField     StepID = "lookup_field"
	PortalAnswers   StepID = "portal_answers"
	TestReturn      StepID = "test_return"
	ReturnApp       StepID = "return_app"
	ReturnURL       StepID = "return_url"
	Outcomes        StepID = "outcomes"
	OtherConnectors StepID = "other_connectors"
	RefundSwitches  StepID = "refunds"
	OrderBlock      StepID = "order_block"
)

// State is how far a step is.
type State string

// Values of State.
const (
	Open  State = "open"
	Done  State = "done"
	Needs State = "attention"
)

// Proof is who knows that a step is done.
type Proof string

// Values of Proof.
const (
	// Seen steps are checked by Switchback each time the guide is read.
	Seen Proof = "seen"
	// Ticked steps are the merchant's word.
	Ticked Proof = "ticked"
)

// Text is something to copy and to send or paste elsewhere.
type Text struct {
	// Name says what it is for, in a few words.
	Name, Body string
}

// Step is one step as it stands.
type Step struct {
	ID         StepID
	Title      string
	What, Why  string
	Proof      Proof
	Optional   bool
	State      State
	Evidence   string
	EvidenceAt time.Time // zero when nothing happened yet
	// Ticks are the marks that the merchant may set on this step.
	Ticks []Tick
	// Switches are the settings that the step turns on.
	Switches []Switch
	Note     string
	Texts    []Text
}

// Switch is one of the six; Setting is its name in the API.
type Switch struct {
	Setting, Name string
	On            bool
}

// Tick is a mark that the merchant sets or takes back.
type Tick struct {
	Mark  MarkID
	Label string
	At    time.Time // zero while it is not set
}

// Guide is the set-up of one shop.
type Guide struct {
	Steps []Step
	// Required and Finished count the steps that are not optional.
	Required, Finished int
}

// Complete tells whether every required step is done.
func (g Guide) Complete() bool { return g.Finished == g.Required }

// Next is the first required step that is not done; ok is false when the set-up is complete.
func (g Guide) Next() (step Step, ok bool) {
	for _, s := range g.Steps {
		if !s.Optional && s.State != Done {
			return s, true
		}
	}
	return Step{}, false
}

// Step is the one with this id.
func (g Guide) Step(id StepID) (step Step, ok bool) {
	for _, s := range g.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}
