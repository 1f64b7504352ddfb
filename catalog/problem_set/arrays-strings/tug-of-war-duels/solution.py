def score_duels(red: list[int], blue: list[int]) -> list[int]:
    red_wins = draws = blue_wins = 0
    weaker = not_stronger = 0
    for strength in red:
        while weaker < len(blue) and blue[weaker] < strength:
            weaker += 1
        while not_stronger < len(blue) and blue[not_stronger] <= strength:
            not_stronger += 1
        red_wins += weaker
        draws += not_stronger - weaker
        blue_wins += len(blue) - not_stronger
    return [red_wins, draws, blue_wins]
