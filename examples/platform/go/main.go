// A recruitment platform in one file: it says a round of interviews, and reads back what became of everybody.
//
//	go run . [../story.json]
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Fact is one line of the story.
type Fact struct {
	Topic, Subject, Fact string
	Time                 time.Time
	Data                 json.RawMessage
}

// Story is what is said, and how the answers read.
type Story struct {
	Facts               []Fact
	Sentences, Replaces map[string]string
}

// Said is one event that came back.
type Said struct {
	topic string
	time  time.Time
	body  map[string]any
}

var organization = cmp.Or(os.Getenv("ORGANIZATION"), "acme")

// loadStory reads it, with `@-60` (minutes from the start) as instants. The same start gives the same events again.
func loadStory(path string) Story {
	start, err := time.Parse(time.RFC3339, os.Getenv("STORY_START"))
	if err != nil {
		start = time.Now().UTC().Truncate(time.Hour)
	}
	text := strings.ReplaceAll(string(must(os.ReadFile(path))), `"ORG"`, strconv.Quote(organization))
	text = regexp.MustCompile(`"@-?\d+"`).ReplaceAllStringFunc(text, func(found string) string {
		minutes := must(strconv.Atoi(strings.Trim(found, `"@`)))
		return strconv.Quote(start.Add(time.Duration(minutes) * time.Minute).UTC().Format(time.RFC3339))
	})
	var story Story
	check(json.Unmarshal([]byte(text), &story))
	return story
}

// recordOf makes one fact a CloudEvent in binary mode.
func recordOf(fact Fact) *kgo.Record {
	one := event.New()
	one.SetID(fmt.Sprintf("%s:%s:%s", fact.Topic, fact.Fact, fact.Time.Format(time.RFC3339))) // again the same id
	one.SetSource("/platform/" + organization)
	one.SetType(fact.Topic)
	one.SetTime(fact.Time)                         // without it there is no ce_time, and the record is refused
	one.SetExtension("organization", organization) // names of extensions are lower case, without `_` or `-`
	// Hand in a struct or RawMessage: with bytes, structured mode would say data_base64.
	check(one.SetData(event.ApplicationJSON, fact.Data))
	check(one.Validate())
	headers := map[string]string{"ce_specversion": one.SpecVersion(), "ce_id": one.ID(), "ce_source": one.Source(),
		"ce_type": one.Type(), "ce_time": one.Time().Format(time.RFC3339Nano), "content-type": one.DataContentType(),
		"ce_organization": organization}
	key := organization + "/" + fact.Subject + "/" + fact.Fact
	record := &kgo.Record{Topic: fact.Topic, Key: []byte(key), Value: one.Data()}
	for name, text := range headers {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: name, Value: []byte(text)})
	}
	return record
}

// publish says everything; it returns the key of each record by topic, partition and offset.
func publish(client *kgo.Client, story []Fact) map[string]string {
	placed := map[string]string{}
	for _, fact := range story {
		record := must(client.ProduceSync(context.Background(), recordOf(fact)).First())
		placed[fmt.Sprintf("%s/%d/%d", record.Topic, record.Partition, record.Offset)] = string(record.Key)
	}
	return placed
}

// readBack gives everything said about this organisation, the newest of each key.
func readBack(client *kgo.Client, replaces map[string]string, quiet time.Duration) map[string]Said {
	newest := map[string]Said{}
	for {
		waiting, cancel := context.WithTimeout(context.Background(), quiet)
		fetches := client.PollFetches(waiting)
		cancel()
		if fetches.NumRecords() == 0 {
			return newest
		}
		fetches.EachRecord(func(record *kgo.Record) {
			headers := map[string]string{}
			for _, header := range record.Headers {
				headers[header.Key] = string(header.Value)
			}
			if record.Value == nil || headers["ce_organization"] != organization {
				return // a tombstone, the daily `~nudge`, or somebody else's
			}
			said := Said{topic: record.Topic, time: must(time.Parse(time.RFC3339, headers["ce_time"]))}
			check(json.Unmarshal(record.Value, &said.body))
			// Some topics replace one another, such as pooled and left: of each key, the newer holds.
			key := cmp.Or(replaces[record.Topic], record.Topic) + " " + string(record.Key)
			if !said.time.Before(newest[key].time) {
				newest[key] = said
			}
		})
	}
}

func main() {
	path := "../story.json"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	story := loadStory(path)
	client := connect(slices.Collect(maps.Keys(story.Sentences))...)
	defer client.Close()
	placed := publish(client, story.Facts)
	fmt.Printf("said %d facts\n", len(placed))
	seconds := must(strconv.ParseFloat(cmp.Or(os.Getenv("QUIET_SECONDS"), "10"), 64)) // nothing new for so long: all was said
	var lines []string
	for _, said := range readBack(client, story.Replaces, time.Duration(seconds*float64(time.Second))) {
		key, ours := placed[fmt.Sprintf("%v/%v/%v", said.body["topic"], said.body["partition"], said.body["offset"])]
		if said.body["key"] = key; ours || said.topic != "event-rejected" { // what others were refused is not ours
			lines = append(lines, regexp.MustCompile(`{\w+}`).ReplaceAllStringFunc(story.Sentences[said.topic],
				func(name string) string { return fmt.Sprint(said.body[strings.Trim(name, "{}")]) }))
		}
	}
	slices.Sort(lines)
	fmt.Println(strings.Join(lines, "\n"))
}
