"""The words that fill the tasks: real ones written by hand, and invented ones.

Real words make the suites readable. Invented words (built from syllables) make
up half of what the models see, so that copying a word has to be learned as a
skill and cannot be looked up in a short list.
"""

import hashlib
import random

NOUNS = """
acorn anchor apple apron arrow atlas badge bagel banjo barrel basin basket beach
beacon bean belt bench berry blanket board boat bolt bone book boot bottle bowl
box bracket branch brass bread brick bridge broom brush bucket bulb bundle butter
button cabin cable cage cake camera camp candle canoe canvas cap cape card cargo
carpet carrot cart castle cave chain chair chalk cheese cherry chest clay clock
cloth cloud clover coat coin comb compass copper corn cottage cotton couch crane
crate crayon cream crown cup curtain cushion dagger dance desk diary dish door
drawer dress drill drum dust easel engine fabric farm feather fence ferry fiddle
field flag flask flute fork forest fountain frame garden garlic gate ghost gift
glass globe glove gold grain grape gravel guitar hammer hammock harbour harp hat
hedge helmet honey hook horn hotel house igloo ink iron island ivory jacket jar
jelly jewel jug juice kettle key kite knife knot ladder lake lamp lantern leaf
leather lemon lens ledger lid lime linen lock locket log magnet mango map maple
marble market mask mast meadow medal melon mill mint mirror mitten mountain mug
museum nail napkin needle nest nut oak ocean olive onion orange orchard oven paddle
paint palace panel paper parcel pasta path pearl pebble pedal pencil pepper
perfume piano picture pillow pin pipe pistol plank plate plum pocket pond pot
potato puzzle quilt quiver radio raft rail rain raisin ribbon rice ring river road
robe rocket roof rope rose rug saddle sail salad salt sand scarf school scooter
sculpture seed shelf shell ship shirt shoe shovel silk silver skate sketch sled
slipper soap sock sofa soup spade spoon sponge stamp star statue stone stool storm
stove straw string sugar suitcase sweater table tablet tea tent thimble thread
ticket tile timber tin toast tomato tool towel tower toy train tray treasure
trumpet tunnel turnip umbrella vase velvet vest village vinegar violin wagon wall
walnut wallet water wheat wheel whistle window wire wood wool wreath zipper
""".split()

NAMES = """
Ada Adam Agnes Alan Alba Albert Alice Amber Amina Amir Amos Anita Anna Anton Arthur
Asha Astrid Audrey Basil Beatrix Ben Bianca Boris Bruno Carla Carlos Cecil Celia
Chloe Clara Colin Cyrus Daisy Dana David Della Diana Diego Dora Dylan Edgar Edith
Elena Elias Eliza Ella Emil Emma Enid Eric Esther Ethan Eva Felix Fiona Flora Frank
Freya Gemma George Gina Grace Greta Gustav Hana Hannah Harold Hassan Hazel Helen
Henry Hugo Ian Ida Igor Imran Ines Ingrid Irene Iris Isaac Ivan Ivy Jack Jacob
James Jane Jasper Jean Joan Joel John Jonas Judith Julia Julian Kamal Karen Karl
Kate Kofi Lara Laura Lena Leo Leon Lewis Liam Lily Linda Louis Lucy Luis Lydia Mabel
Magnus Malik Marco Maria Mark Martha Martin Mary Maud Max Maya Mia Milan Milo Mina
Miriam Mona Nadia Naomi Nina Noah Nora Norman Olga Oliver Omar Oscar Otto Pablo
Paul Pedro Penny Petra Philip Polly Priya Quentin Rachel Rafael Ralph Ravi Rita
Robert Rosa Ruby Rupert Ruth Salma Sam Sandra Sara Silas Simon Sofia Sonia Stella
Sven Tamar Tara Tessa Theo Thomas Tilda Tobias Ursula Vera Victor Viola Wanda
Wendy Wilma Xavier Yara Yusuf Zara Zoe
""".split()

CITIES = """
Aberdeen Accra Amman Ankara Antwerp Athens Baku Bali Bamako Basel Bath Beirut Belfast
Bergen Berlin Bern Bilbao Bogota Bologna Bonn Boston Bremen Bristol Brussels Budapest
Cairo Calgary Cardiff Chicago Cologne Cork Dakar Dallas Delhi Denver Derby Detroit
Dhaka Dover Dresden Dublin Dundee Durban Essen Exeter Florence Frankfurt Galway Geneva
Genoa Ghent Glasgow Graz Hague Hamburg Hanoi Harare Havana Helsinki Istanbul Jakarta
Kabul Kigali Krakow Kyoto Lagos Lausanne Leeds Leipzig Leuven Lima Linz Lisbon London
Luanda Lusaka Lyon Madrid Malaga Malmo Manila Marseille Memphis Miami Milton Minsk
Montreal Moscow Mumbai Munich Nairobi Nantes Naples Nice Odense Orlando Osaka Oslo
Ottawa Oxford Padua Paris Perth Phoenix Pisa Porto Prague Quito Rabat Reading Riga
Rome Rotterdam Salem Salzburg Santiago Seattle Seoul Seville Siena Sofia Split
Stockholm Sydney Tallinn Tampa Tampere Tehran Tokyo Toledo Toronto Toulouse Trieste
Tripoli Trondheim Tunis Turin Utrecht Valencia Venice Verona Vienna Vilnius Warsaw
Windsor Yerevan York Zagreb Zurich
""".split()

COLOURS = """
amber azure beige black blue bronze brown coral crimson cyan emerald golden green
grey indigo lavender lilac magenta maroon mauve navy ochre orange peach pink plum
purple red rust scarlet silver teal turquoise violet white yellow
""".split()

ANIMALS = """
badger beaver bird budgie camel canary cat chicken cow crow dog donkey duck eagle
falcon ferret fox frog gecko gerbil goat goose hamster hare hen horse lamb lizard
llama mole monkey mouse newt otter owl panda parrot pig pigeon pony puppy rabbit rat
raven robin salmon sheep snail snake spaniel swan tiger toad tortoise turkey turtle
wolf zebra
""".split()

_ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sh sk sl sm sn sp st t th tr v w y z".split()
_VOWELS = "a a e e i i o o u ai ea ee oa oo ou".split()
_CODAS = ["", "", "", "b", "ck", "d", "f", "g", "l", "ll", "m", "n", "n", "nd", "nk", "nt", "p", "r", "rd", "rt", "s", "sk", "st", "t", "t", "x"]


def held_out(text: str, share: float = 0.2) -> bool:
    """True for the fixed fifth of all texts that training must never use.

    A hash decides, not a list, so the rule covers words nobody has thought of
    yet and can be checked by anyone without the training data.
    """
    return hashlib.sha256(text.lower().encode()).digest()[0] < 256 * share


def invented(rng: random.Random, longest: int = 8) -> str:
    """A pronounceable word of 3 to `longest` letters that need not exist."""
    while True:
        word = "".join(
            rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)
            for _ in range(rng.choice((1, 1, 2, 2, 2, 3)))
        )
        if 3 <= len(word) <= longest:
            return word
