"""What the synthetic speakers say. Sound-alikes: by phoneme edit distance in a pronouncing dictionary, and by ear.

Left out of them is what nobody could tell from the word itself (alexia, jarvie, stobbe).
"""

HELD_OUT = frozenset(
    {
        *("a lexus", "alexander", "election", "hey microsoft", "hey raspberry", "hey siri", "hey travis", "my craft"),
        *("okay google", "okay nobody", "okay now", "service"),
    }
)
"""Sound-alikes that the development recordings hold, in other voices: not trained on, or false accepts there would
be measured on phrases that were learned."""

PHRASES = {
    "alexa": "alexa",
    "hey_jarvis": "hey jarvis",
    "hey_mycroft": "hey mycroft",
    "okay_nabu": "okay nah boo",
    "stop": "stop",
}
"""Spelt so that every voice pronounces it well."""

ALIKE = {
    "alexa": "alessi alexis alyssa elixir flexer lexie alex alicia election elissa flex lex lexus plexus allegra "
    "allegro biloxi flexed glaxo luxor alaska alas alike alka axa elects elise elks elsa annexed collects selects "
    "electra electric eclectic reflects neglects objects exit axle next relaxing alexander, a lexicon, a lecture, "
    "a lesson, a lexus, elect a, elect some, collect the, texas, lectern, let us, like so, he likes a, unless a",
    "hey_jarvis": "jarvis, hey, service, harvest, hey service, hey harvest, hey marvin, hey marcus, hey java, "
    "hey julius, hey charlie, hey joyce, hey travis, hey harness, hey novice, hey george, hey jealous, okay jarvis, "
    "the harvest, they carve this, nervous, purpose, hey purpose, jargon, hey jargon, charges, a novice, hey there, "
    "hey you, pay service, may harvest, stay nervous, hey jerry, hey jack, say harvest, hey google, hey siri",
    "hey_mycroft": "mycroft, hey, microsoft, hey microsoft, aircraft, microphone, hey micro, hey mike, my craft, "
    "my croft, hey rycroft, minecraft, hey minecraft, hey my friend, migrate, hey migrant, makeshift, ashcroft, "
    "may croft, say microphone, hey michael, hey microwave, my cough, hey my car, hey marcus, they might craft, "
    "okay mycroft, bancroft, hey there, hey mister, day my craft, hey crafty, stay my cross, hey mac, hey mom",
    "okay_nabu": "okay, nah boo, okay now, okay nobody, okay no, okay bobby, okay baboon, okay knobby, okay nearby, "
    "okay neighbor, okay google, okay computer, okay newbie, okay not you, a cane abu, hey nah boo, okay number, "
    "okay taboo, okay bamboo, okay namibia, okay never, okay nab it, okay robot, okay maybe, obey now, okay, good, "
    "okay next, okay nana, okay who, okay you, the kebab, okay nothing, okay not bad, okay about",
    "stop": "step top stock shop stuff staff stab star stub steep stoop stomp swap slop sop soup atop drop chop "
    "pop hop crop prop stalk store stood still starts sob sharp spot sport stopwatch setup stump steak stitch "
    "strap stripe staple, at the top, the shop, a step, its top, still on, story, stone, stay, state, stove",
}
"""Separated by commas where there is one, else by blanks."""

SENTENCES = (
    "what will the weather be like tomorrow afternoon",
    "she put the flowers on the table and went out again",
    "turn the kitchen light on and close the curtains please",
    "we could go to the lake on saturday if it does not rain",
    "the next train leaves at twenty past seven from platform nine",
    "I have told him a hundred times not to leave it there",
    "remind me to call the dentist on monday morning",
    "and now the news of the hour with all the details",
    "how long do I have to boil an egg until it is hard",
    "the minister said that the committee had not yet decided",
    "play something quiet and set the volume to thirty percent",
    "my grandmother used to bake bread in a wooden oven",
    "could you pass me the salt and the pepper over there",
    "it is a collection of letters written during the war",
    "he was the best player of the season without any doubt",
    "are you coming with us or would you rather sleep a little longer",
    "the box is full of old books that nobody wants to read",
    "set a timer for eleven minutes and another for half an hour",
    "in the third chapter the captain loses both ship and crew",
    "let us talk about something else for a change shall we",
    "there is milk in the fridge but the coffee is finished",
    "the children were laughing and running around the garden",
    "buy now and save up to forty percent on selected sofas",
    "a large mocha with extra sugar and some whipped cream",
)
REQUESTS = ("what time is it", "turn on the light", "how are you", "play some music", "set a timer", "good night")
"""What follows a wake phrase in one breath."""


def alike(word: str) -> list[str]:
    """The sound-alikes of a word, in order."""
    listed = ALIKE[word]
    if "," not in listed:
        return listed.split()
    before, *phrases = [part.strip() for part in listed.split(",")]
    return [*(before.split() if word in ("alexa", "stop") else [before]), *phrases]
